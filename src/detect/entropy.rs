//! How many bits a value's characters carry.

/// Shannon entropy of the value's own byte frequencies, in bits a byte: 0 for one byte over and over, 5.3 at most for
/// forty distinct ones.
pub(super) fn shannon(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len() as f64;
    let bits = |&count: &u32| {
        let share = f64::from(count) / total;
        -share * share.log2()
    };
    counts.iter().filter(|&&count| count > 0).map(bits).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_the_frequencies() {
        assert!(shannon(b"aaaa").abs() < 1e-9);
        assert!((shannon(b"abcd") - 2.0).abs() < 1e-9);
        assert!((shannon(b"aabb") - 1.0).abs() < 1e-9);
        assert!(shannon(b"").abs() < 1e-9);
    }
}
