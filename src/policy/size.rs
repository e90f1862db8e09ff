//! Sizes as a person writes them, on the command line and in files.

/// Bytes of `64M`, `1GiB`, `500k`, `4096`; units are powers of 1024.
///
/// # Errors
///
/// What is wrong with it, in words.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err("write a number and a unit, e.g. 64M (K, M, G)".into()),
    };
    let number: u64 = number.parse().map_err(|_| "write a number and a unit, e.g. 64M (K, M, G)".to_owned())?;
    let size = number.checked_mul(1 << shift).ok_or("too large")?;
    if size == 0 { Err("must be more than zero".into()) } else { Ok(size) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, size) in [("64M", 64 << 20), ("1GiB", 1 << 30), ("500k", 500 << 10), ("4096", 4096), ("7b", 7)] {
            assert_eq!(parse_size(text), Ok(size), "{text}");
        }
        for text in ["", "M", "0", "-1", "1T", "1.5M", "99999999999999999999", "18446744073709551615G"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}
