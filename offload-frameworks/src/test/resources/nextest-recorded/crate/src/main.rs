fn main() {}

#[cfg(test)]
mod tests {
    #[test]
    fn same() {
        panic!("the other");
    }
}
