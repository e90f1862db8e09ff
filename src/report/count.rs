//! Numbers and lists as a person reads them.

/// `1,234,567`.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 finding`, `2 findings`.
pub(super) fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// `640 bytes`, `5.6 MiB`.
pub(super) fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
        if value < 1024.0 {
            return if unit == "bytes" { plural(bytes, "byte", unit) } else { format!("{value:.1} {unit}") };
        }
        value /= 1024.0;
    }
    format!("{value:.1} TiB")
}

/// The first `most` of `items`, then how many more there are.
pub(super) fn some(items: &[String], most: usize) -> String {
    let shown = items.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {} more", number(more as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([number(0), number(999), number(1000), number(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([size(1), size(640), size(1536), size(5 << 40)], ["1 byte", "640 bytes", "1.5 KiB", "5.0 TiB"]);
        assert_eq!(plural(1, "ref", "refs"), "1 ref");
    }

    #[test]
    fn lists_are_cut_with_a_count() {
        let items: Vec<String> = ["a", "b", "c"].map(String::from).into();
        assert_eq!(some(&items, 3), "a, b, c");
        assert_eq!(some(&items, 1), "a and 2 more");
    }
}
