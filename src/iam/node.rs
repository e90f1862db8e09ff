//! A document's values with their places, whatever it is written in.

/// A value, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
}

/// What a document can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// As it is written.
    Number(String),
    /// A text. What a template fills in stands in it as `${Name}`, as IAM's own variables do.
    Text(String),
    /// In their order.
    List(Vec<Node>),
    /// In their order; a key may come twice.
    Map(Vec<(Node, Node)>),
    /// What only the deployment knows, as it is written: `!Ref Bucket`, `var.bucket`, `aws_s3_bucket.logs.arn`.
    Unknown(String),
}

impl Node {
    /// The value under `key`, letter by letter.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// The entries of a map; of anything else, none.
    pub fn entries(&self) -> &[(Self, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; anything else is a list of itself, as IAM has it.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}

/// JSON that has no places: from an API's answer.
impl From<&serde_json::Value> for Node {
    fn from(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(yes) => Value::Bool(*yes),
            Json::Number(number) => Value::Number(number.to_string()),
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(items) => Value::List(items.iter().map(Self::from).collect()),
            Json::Object(entries) => {
                let key = |name: &String| Self { value: Value::Text(name.clone()), line: 1, column: 1 };
                Value::Map(entries.iter().map(|(name, value)| (key(name), Self::from(value))).collect())
            }
        };
        Self { value, line: 1, column: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_a_list_of_one_and_a_key_is_found() {
        let node = Node::from(&serde_json::json!({ "Action": "s3:GetObject", "Resource": ["a", "b"] }));
        assert_eq!(node.get("Action").map(|action| action.items().len()), Some(1));
        assert_eq!(node.get("Resource").map(|resource| resource.items().len()), Some(2));
        assert_eq!(node.get("action"), None);
    }
}
