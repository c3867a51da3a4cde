mod modern {
    #[test]
    fn this_one() {
        assert_eq!(roman::roman(2026), "MMXXVI");
    }

    #[test]
    fn next() {
        assert_eq!(roman::roman(2027), "MMXXVII");
    }
}
