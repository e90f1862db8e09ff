//! IAM policy documents: what they say, and what is wrong with it. Nothing is read here and nobody is asked.

mod node;

pub use node::{Node, Value};
