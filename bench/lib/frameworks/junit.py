"""JUnit: thirty tests a class, each waiting for 5 ms; Maven compiles in both."""

TOML = """[framework]
type = "junit"
maven_args = "-o"
"""

POM = """<project><modelVersion>4.0.0</modelVersion>
<groupId>bench</groupId><artifactId>bench</artifactId><version>1</version>
<properties>
  <maven.compiler.release>17</maven.compiler.release>
  <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
</properties>
<dependencies><dependency>
  <groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>6.1.3</version><scope>test</scope>
</dependency></dependencies>
<build><plugins>
  <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
  <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.16.0</version></plugin>
  <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.6.1</version>
    <configuration><forkCount>2</forkCount></configuration></plugin>
</plugins></build>
</project>
"""


def environment(tools):
    return {}


def plain(tools):
    return ["mvn", "-o", "-q", "test"]


def write(folder, tests):
    (folder / "pom.xml").write_text(POM)
    sources = folder / "src/test/java/bench"
    sources.mkdir(parents=True)
    for first in range(0, tests, 30):
        text = f"package bench;\n\nimport org.junit.jupiter.api.Test;\n\nclass P{first:04}Test {{\n"
        for number in range(first, min(first + 30, tests)):
            text += f"  @Test void test{number}() throws Exception {{ Thread.sleep(5); }}\n"
        (sources / f"P{first:04}Test.java").write_text(text + "}\n")
