//! Roman numerals.

const SIGNS: [(u32, &str); 13] = [
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
    (5, "V"), (4, "IV"), (1, "I"),
];

/// Writes a number, which must not be 0.
pub fn roman(mut number: u32) -> String {
    assert!(number > 0, "nothing has no Roman numeral");
    let mut text = String::new();
    for (value, sign) in SIGNS {
        while number >= value {
            text.push_str(sign);
            number -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::roman;

    #[test]
    fn ones() {
        assert_eq!(roman(3), "III");
    }

    #[test]
    fn subtracts() {
        assert_eq!(roman(1994), "MCMXCIV");
    }

    #[test]
    #[should_panic(expected = "no Roman numeral")]
    fn refuses_zero() {
        roman(0);
    }

    /// Fails on purpose: it is `IV`.
    #[test]
    fn fails() {
        assert_eq!(roman(4), "IIII");
    }

    #[test]
    #[ignore = "takes a while"]
    fn all() {
        (1..4000).for_each(|number| assert!(!roman(number).is_empty()));
    }
}
