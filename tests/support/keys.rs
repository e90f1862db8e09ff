//! Well-formed AWS values, made from a seed: no literal of one stands in the tree.

const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `SplitMix64`: the same seed gives the same values for ever.
#[derive(Debug, Clone)]
pub struct Keys(u64);

impl Keys {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.number() % end as u64) as usize
    }

    /// True once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    /// The id of a long-lived access key.
    pub fn id(&mut self) -> String {
        format!("AKIA{}", self.text(BASE32, 16))
    }

    /// The id of a temporary access key.
    pub fn temporary_id(&mut self) -> String {
        format!("ASIA{}", self.text(BASE32, 16))
    }

    /// The id of a key of `account`, as AWS packs it: forty bits of account from the bit after the first on.
    pub fn id_of(&mut self, account: u64) -> String {
        let tail: u64 = self.number() & 0x7f_ffff_ffff;
        let bits: u128 = 1 << 79 | u128::from(account) << 39 | u128::from(tail);
        let digit = |n: u32| char::from(BASE32[(bits >> (75 - 5 * n)) as usize & 31]);
        format!("AKIA{}", (0..16).map(digit).collect::<String>())
    }

    pub fn secret(&mut self) -> String {
        self.text(BASE64, 40)
    }

    /// A session token of `length` characters, which begins as those of STS do.
    pub fn token(&mut self, length: usize) -> String {
        let start = ["IQoJb3JpZ2lu", "X2Vj"].concat();
        let rest = self.text(BASE64, length - start.len());
        start + &rest
    }

    /// A line that is no credential.
    pub fn filler(&mut self) -> String {
        format!("line {} of nothing in particular", self.number() % 100_000)
    }
}
