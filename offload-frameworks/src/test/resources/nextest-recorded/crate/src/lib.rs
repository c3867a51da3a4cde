#[cfg(test)]
mod tests {
    #[test]
    fn passes() {}
    #[test]
    fn fails() {
        assert_eq!(1, 2, "one is not two");
    }
    #[test]
    fn dies() {
        std::process::abort();
    }
    #[test]
    fn errs() -> Result<(), String> {
        Err("no luck".to_string())
    }
    #[test]
    #[should_panic]
    fn does_not_panic() {}
    #[test]
    #[ignore = "slow"]
    fn ignored() {}
    #[test]
    fn same() {}
}
