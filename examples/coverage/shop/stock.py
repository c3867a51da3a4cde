class Stock:
    def __init__(self):
        self._counts = {}

    def add(self, name, count=1):
        self._counts[name] = self._counts.get(name, 0) + count

    def take(self, name):
        if not self._counts.get(name):
            raise KeyError(f"no {name} left")
        self._counts[name] -= 1
