fn main() {
    println!("{}", roman::roman(2026));
}

#[cfg(test)]
mod tests {
    /// Has the same name as a test of the library.
    #[test]
    fn ones() {
        assert_eq!(roman::roman(2), "II");
    }
}
