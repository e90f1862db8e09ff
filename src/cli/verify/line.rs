//! A line of findings that were written down: what it says is taken over as it stands, but for the values.

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt;

/// A JSON object whose fields keep their order and their spelling.
#[derive(Debug, Default)]
pub(super) struct Object<'a>(Vec<(String, Field<'a>)>);

#[derive(Debug)]
enum Field<'a> {
    Same(&'a RawValue),
    Other(Box<RawValue>),
}

impl Field<'_> {
    fn get(&self) -> &str {
        match self {
            Self::Same(raw) => raw.get(),
            Self::Other(raw) => raw.get(),
        }
    }
}

impl<'a> Object<'a> {
    /// The field called `name`, as JSON.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.get())
    }

    /// The same of a field that was read and not put in since.
    pub(super) fn same(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(field, _)| field == name).and_then(|(_, value)| match value {
            Field::Same(raw) => Some(raw.get()),
            Field::Other(_) => None,
        })
    }

    /// The text of a field that is one.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?).ok()
    }

    /// Puts `value` in the place of the field called `name`, or at the end.
    pub(super) fn set(&mut self, name: &str, value: &impl Serialize) -> serde_json::Result<()> {
        let value = Field::Other(serde_json::value::to_raw_value(value)?);
        match self.0.iter_mut().find(|(field, _)| field == name) {
            Some((_, field)) => *field = value,
            None => self.0.push((name.to_owned(), value)),
        }
        Ok(())
    }

    /// Takes the field called `name` out.
    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(field, _)| field != name);
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut object = Object::default();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    object.0.push((name, Field::Same(value)));
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            match value {
                Field::Same(raw) => map.serialize_entry(name, raw)?,
                Field::Other(raw) => map.serialize_entry(name, raw)?,
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_changed_stays_as_it_stands() {
        let line = r#"{"z":1.0,"a":{"y":"\u00e9","b":[ 1 ]},"value":"x","m":null}"#;
        let mut object: Object<'_> = serde_json::from_str(line).unwrap();
        assert_eq!(object.text("value").as_deref(), Some("x"));
        object.remove("value");
        object.set("m", &"new").unwrap();
        object.set("n", &2).unwrap();
        let written = serde_json::to_string(&object).unwrap();
        assert_eq!(written, r#"{"z":1.0,"a":{"y":"\u00e9","b":[ 1 ]},"m":"new","n":2}"#);
    }
}
