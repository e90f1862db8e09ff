//! Whether a value looks made by people rather than drawn at random.

/// Pairs of letters that English and its symbol names put side by side: the 120 commonest. Random characters of
/// base64's alphabet make one in nine neighbours such a pair, words two in three.
const BIGRAMS: &[u8] =
    b"thheineranreonatenndtiesorteofedisitalarsttontngsehaasouiolevecomedehiriroicneearacelichllbema\
siomurcaeltalansdifohopeecprnoctusacotiltrlyncetutsssorsunlowageiewheewiemadolrtpowenaulnitsmoowpaimmiaishirsuidosivia\
amficivipligtuevldrympfeblab";

/// For each first letter, the second ones as bits.
const BIGRAM_BITS: [u32; 26] = {
    let mut bits = [0; 26];
    let mut i = 0;
    while i + 1 < BIGRAMS.len() {
        bits[(BIGRAMS[i] - b'a') as usize] |= 1 << (BIGRAMS[i + 1] - b'a');
        i += 2;
    }
    bits
};

/// Shortest run of one byte, or of counting bytes, that no random value is expected to hold.
/// A random secret holds five alike twice in a million, eight counting ones never.
const RUN_ALIKE: usize = 5;
const RUN_COUNTING: usize = 8;

/// Fewest bytes of base64 that [`is_encoded_text`] decides on.
const MIN_ENCODED: usize = 24;

#[derive(PartialEq, Clone, Copy)]
enum Class {
    Lower,
    Upper,
    Digit,
    Other,
}

fn class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' => Class::Lower,
        b'A'..=b'Z' => Class::Upper,
        b'0'..=b'9' => Class::Digit,
        _ => Class::Other,
    }
}

fn is_bigram(a: u8, b: u8) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    a.is_ascii_lowercase() && b.is_ascii_lowercase() && BIGRAM_BITS[usize::from(a - b'a')] >> (b - b'a') & 1 == 1
}

/// Whether `value` reads as words, a path or a symbol name rather than as random characters of a mixed-case alphabet.
///
/// Each pair of neighbours earns a point if both are of one class (lower, upper, digit, other) and another if they are
/// a common pair of letters. Random secrets earn 0.48 a pair and words 1.3: the least of the paths, ARN tails, symbol
/// names and file names of the labelled repositories has 46 points for its 39 pairs, and of a million random
/// secrets three have 40. A value with letters of one case only is no random one either: that costs two in 10^9.
pub(super) fn is_words(value: &[u8]) -> bool {
    let (mut points, mut pairs) = (0_usize, 0_usize);
    for pair in value.windows(2) {
        pairs += 1;
        points += usize::from(class(pair[0]) == class(pair[1])) + usize::from(is_bigram(pair[0], pair[1]));
    }
    let one_case = !value.iter().any(u8::is_ascii_lowercase) || !value.iter().any(u8::is_ascii_uppercase);
    points > pairs || one_case || is_encoded_text(value)
}

/// Common pairs of letters from which on an id's random part is taken for words.
const WORDY_PAIRS: usize = 12;

/// Whether `value`, letters of one case and digits after a prefix of four, goes on in words: `ASIA PACIFIC SOUTHEAST`. Of the 15
/// pairs of sixteen random characters 1.8 are common in words; of 400,000 random ids two have eleven and none has twelve.
pub(super) fn is_capital_words(value: &[u8]) -> bool {
    let random = value.get(4..).unwrap_or_default();
    random.windows(2).filter(|pair| is_bigram(pair[0], pair[1])).count() >= WORDY_PAIRS
}

/// Whether `value` is a cut of base64 whose bytes are printable ASCII: encoded text, not random bytes. Of random
/// secrets one in 10^12 is.
fn is_encoded_text(value: &[u8]) -> bool {
    value.len() >= MIN_ENCODED && (0..4).any(|skip| all_printable(&value[skip..]))
}

fn all_printable(base64: &[u8]) -> bool {
    let printable = |byte: u32| matches!(byte, 0x20..=0x7e | 0x09 | 0x0a | 0x0d);
    base64.chunks_exact(4).all(|quad| {
        let bits = quad.iter().try_fold(0_u32, |bits, &byte| Some(bits << 6 | sextet(byte)?));
        bits.is_some_and(|bits| printable(bits >> 16) && printable(bits >> 8 & 0xff) && printable(bits & 0xff))
    })
}

/// The six bits of a digit of base64, standard or URL-safe.
pub(super) fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(value.into())
}

/// Whether all of `value` is hexadecimal digits.
pub(super) fn is_hex(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_hexdigit)
}

/// Whether `value` is a short pattern over and over, or holds a run of one byte, a counting run (`12345678`, `aBcDeFgH`)
/// or two that take turns (`a1b2c3d4e5`): a placeholder.
pub(super) fn is_repetitive(value: &[u8]) -> bool {
    let periodic = (1..=value.len() / 2).any(|period| value[period..] == value[..value.len() - period]);
    periodic
        || longest_run(value, 1, |a, b| a == b) >= RUN_ALIKE
        || [1, 2].into_iter().any(|stride| longest_run(value, stride, counts_on) >= RUN_COUNTING)
}

/// Whether `b` comes after `a` in the alphabet or among the digits.
fn counts_on(a: u8, b: u8) -> bool {
    a.is_ascii_alphanumeric() && a.to_ascii_lowercase() + 1 == b.to_ascii_lowercase() || (a, b) == (b'9', b'0')
}

/// Length of the longest run in which each byte follows the one `stride` before it as `follows` says.
fn longest_run(value: &[u8], stride: usize, follows: impl Fn(u8, u8) -> bool) -> usize {
    let (mut longest, mut run) = (0, 0);
    for (i, &byte) in value.iter().enumerate() {
        run = if i >= stride && follows(value[i - stride], byte) { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_names_and_encoded_text_are_words() {
        for text in [
            "com/AWSEC2/latest/UserGuide/EBSSnapshots",
            "role/AWSBackupServiceRolePolicyForBackup",
            "PrincipalTag/AmazonDataZoneProjectBucket",
            "ApiGatewayRequestValidatorProviderPlugin",
            "/types/module/secretlintconfigdescriptor",
            "20HasCustomContainerAssetsRepositoryName",
            "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVy",
            "hpcyBpcyBub3QgYSBzZWNyZXQsIG9ubHkgdGV4dC",
            "0123456789abcdefghijklmnopqrstuvwxyz0123",
        ] {
            assert!(is_words(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn words_after_a_prefix_are_words() {
        for words in ["ASIA PACIFIC SOUTHEAST", "ACCA NTONAMENTO RISCHI", "AKIA THIS IS NOT A REAL ID"] {
            assert!(is_capital_words(words.replace(' ', "").as_bytes()), "{words}");
        }
        assert!(!is_capital_words(b"AKIA"));
    }

    #[test]
    fn placeholders_are_repetitive() {
        for rest in [
            "FAKEAKIAFAKEAKIA",
            "XXXXXXXXXXXXXXXX",
            "ABCDEFGHIJKLMNOP",
            "12345678QZTBMWRG",
            "J7aBcDeFgHiJkL2Q",
            "A2B3C4D5E6F7G2Q5",
        ] {
            assert!(is_repetitive(format!("AKIA{rest}").as_bytes()), "{rest}");
        }
        for text in ["AKIA-DEADBEEFDEADBEEF", "ABABABC", "", "a"] {
            assert!(!is_repetitive(text.as_bytes()), "{text}");
        }
    }
}
