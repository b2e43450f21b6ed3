//! What an operation returns: data, which the serializer writes as the operation's declaration says.

use jiff::Timestamp;
use zeroize::Zeroizing;

/// A value of one of the declared types.
///
/// Never printable as a whole: texts may be session ids and keys.
pub enum Value {
    /// No value. Also what an operation without result returns.
    Nothing,
    /// A text; also an item of an enumeration.
    Text(String),
    /// A text that is wiped after it was written.
    Secret(Zeroizing<String>),
    /// Any of the integer types.
    Number(i64),
    /// `xs:float`
    Float(f32),
    /// `xs:boolean`
    Boolean(bool),
    /// `xs:dateTime`
    DateTime(Timestamp),
    /// The members of an object by name. Written in declared order; members left out are absent.
    Object(Vec<(&'static str, Value)>),
    /// The items of an array.
    Array(Vec<Value>),
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Boolean(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Number(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Number(value.into())
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Value::DateTime(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<Zeroizing<String>> for Value {
    fn from(value: Zeroizing<String>) -> Self {
        Value::Secret(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Nothing, Into::into)
    }
}
