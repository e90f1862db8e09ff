//! What keeps a wrapping from being unwrapped whole.

/// Something that could not be unwrapped, or not to its end. What came before it was handed on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The object's budget of bytes is spent. Said once for each object.
    #[error("{layer}: the object unwraps to more than {limit} bytes")]
    TooLarge {
        /// Where the budget ended.
        layer: String,
        /// All bytes that the object may be unwrapped to.
        limit: u64,
    },
    /// The object's budget of members is spent. Said once for each object.
    #[error("{layer}: the object holds more than {limit} members")]
    TooManyMembers {
        /// Where the budget ended.
        layer: String,
        /// All members that may be unwrapped.
        limit: u64,
    },
    /// A wrapping in a wrapping, too often.
    #[error("{layer}: wrapped more than {limit} times")]
    TooDeep {
        /// The wrapping that was left alone.
        layer: String,
        /// How many may lie in each other.
        limit: u32,
    },
    /// Packed so tight that it looks like a bomb; its beginning was read.
    #[error("{layer}: unwraps to more than {ratio} times its size")]
    Ratio {
        /// The stream or member.
        layer: String,
        /// How many times its size it may have.
        ratio: u64,
    },
    /// It needs a password.
    #[error("{0}: encrypted")]
    Encrypted(String),
    /// It is not what it says, or cut short.
    #[error("{layer}: damaged: {reason}")]
    Damaged {
        /// The stream or member.
        layer: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It needs what is not known here, or more memory than is given.
    #[error("{layer}: {reason}")]
    Unsupported {
        /// The stream or member.
        layer: String,
        /// What it needs.
        reason: String,
    },
}

impl Problem {
    /// Whether more is there to be read, and a bound stopped it; else it cannot be read.
    pub fn is_bound(&self) -> bool {
        match self {
            Self::TooLarge { .. } | Self::TooManyMembers { .. } | Self::TooDeep { .. } | Self::Ratio { .. } => true,
            Self::Encrypted(_) | Self::Damaged { .. } | Self::Unsupported { .. } => false,
        }
    }

    pub(super) fn damaged(layer: &str, reason: impl Into<String>) -> Self {
        Self::Damaged { layer: layer.to_owned(), reason: reason.into() }
    }

    pub(super) fn unsupported(layer: &str, reason: impl Into<String>) -> Self {
        Self::Unsupported { layer: layer.to_owned(), reason: reason.into() }
    }
}
