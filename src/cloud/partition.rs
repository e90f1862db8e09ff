//! AWS's partitions, which know nothing of each other, and where they answer.
//!
//! Source: the AWS General Reference, "AWS Security Token Service endpoints and quotas" and the same of IAM; botocore's
//! `endpoints.json` says the same.

use std::fmt;

/// A set of regions with accounts of their own. A key works in one of them, and its id does not tell in which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partition {
    /// The commercial regions.
    Aws,
    /// Beijing and Ningxia.
    China,
    /// `GovCloud` (US).
    GovCloud,
}

impl Partition {
    /// Those that are asked unless somebody says otherwise, in this order: by how many keys each has.
    pub const ALL: [Self; 3] = [Self::Aws, Self::China, Self::GovCloud];

    /// As in ARNs: `aws`, `aws-cn`, `aws-us-gov`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::GovCloud => "aws-us-gov",
        }
    }

    /// The partition with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|partition| partition.name() == name)
    }

    /// That of a region: `cn-north-1`.
    pub fn of_region(region: &str) -> Self {
        match region {
            region if region.starts_with("cn-") => Self::China,
            region if region.starts_with("us-gov-") => Self::GovCloud,
            _ => Self::Aws,
        }
    }

    /// The region that is asked unless another is named, and in whose name IAM's requests are signed.
    pub fn home_region(self) -> &'static str {
        match self {
            Self::Aws => "us-east-1",
            Self::China => "cn-north-1",
            Self::GovCloud => "us-gov-west-1",
        }
    }

    /// What ends the names of its hosts.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::GovCloud => "amazonaws.com",
            Self::China => "amazonaws.com.cn",
        }
    }

    /// Where STS answers in a region of it.
    pub fn sts(self, region: &str) -> String {
        format!("https://sts.{region}.{}", self.suffix())
    }

    /// Where IAM answers: one host a partition.
    pub fn iam(self) -> &'static str {
        match self {
            Self::Aws => "https://iam.amazonaws.com",
            Self::China => "https://iam.cn-north-1.amazonaws.com.cn",
            Self::GovCloud => "https://iam.us-gov.amazonaws.com",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_own_hosts() {
        let hosts = Partition::ALL.map(|partition| partition.sts(partition.home_region()));
        let expected = [
            "https://sts.us-east-1.amazonaws.com",
            "https://sts.cn-north-1.amazonaws.com.cn",
            "https://sts.us-gov-west-1.amazonaws.com",
        ];
        assert_eq!(hosts, expected);
        for partition in Partition::ALL {
            assert_eq!(Partition::named(partition.name()), Some(partition));
            assert_eq!(Partition::of_region(partition.home_region()), partition);
        }
        assert_eq!(Partition::named("aws-iso"), None);
    }
}
