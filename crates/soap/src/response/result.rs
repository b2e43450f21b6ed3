//! Results, written as their operation declares them.
//!
//! Contract: ecgridos-soap 1, 2.5, 3 #17, 4.1 (last line); omnitracs-soap 1, 4.5.

use std::borrow::Cow;

use axum::response::Response;
use http::StatusCode;
use jiff::{Timestamp, Unit};

use super::envelope::{close, envelope};
use super::{full, xml};
use crate::arguments::XSI;
use crate::call::{Binding, Call};
use crate::declaration::{Object, Type};
use crate::dialect::{Absent, Answers, Dialect};
use crate::value::Value;
use crate::xml::Writer;

/// A value is not of the type that its operation declares: a mistake in the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mismatch;

/// The response that carries a result.
pub(crate) fn success(dialect: &Dialect, call: &Call, value: &Value) -> Result<Response, Mismatch> {
    let namespace = call.namespace.namespace;
    let result = call.operation.signature(call.variant).result;
    let Binding::Soap(version) = call.binding else {
        // One line, as ASP.NET writes answers to forms.
        let mut writer = Writer::new(dialect.xml_declaration.trim_end());
        if let Some(kind) = result {
            writer.start(kind.name().0).attribute("xmlns", namespace);
            if matches!(value, Value::Nothing) {
                writer.attribute("xmlns:xsi", XSI).attribute("xsi:nil", "true");
            }
            Values { dialect, writer: &mut writer }.content(kind, value)?;
            close(dialect, &mut writer);
        }
        return Ok(xml(writer.finish()));
    };
    let mut writer = envelope(dialect, version);
    let name = format!("{}Response", call.operation.name);
    let result_name = format!("{}{}", call.operation.name, dialect.result_suffix);
    match dialect.answers {
        Answers::DefaultNamespace => writer.start(&name).attribute("xmlns", namespace),
        Answers::Prefixed(prefix) => {
            writer.start(&format!("{prefix}:{name}")).attribute(&format!("xmlns:{prefix}"), namespace)
        }
    };
    match (result, value) {
        (None, Value::Nothing) => {}
        (None, _) => return Err(Mismatch),
        (Some(kind), value) => Values { dialect, writer: &mut writer }.element(&result_name, kind, value)?,
    }
    close(dialect, &mut writer);
    Ok(full(StatusCode::OK, version.content_type(), writer.finish()))
}

struct Values<'a> {
    dialect: &'a Dialect,
    writer: &'a mut Writer,
}

impl Values<'_> {
    fn element(&mut self, name: &str, kind: Type, value: &Value) -> Result<(), Mismatch> {
        if matches!(value, Value::Nothing) {
            if self.dialect.absent == Absent::Nil {
                self.writer.start(name).attribute("xsi:nil", "true");
                close(self.dialect, self.writer);
            }
            return Ok(());
        }
        self.writer.start(name);
        self.content(kind, value)?;
        close(self.dialect, self.writer);
        Ok(())
    }

    fn content(&mut self, kind: Type, value: &Value) -> Result<(), Mismatch> {
        match (kind, value) {
            (_, Value::Nothing) => {}
            (Type::Object(object), Value::Object(members)) => self.members(object, members)?,
            (Type::Array(array), Value::Array(items)) => {
                for item in items {
                    self.element(array.item_name, array.item, item)?;
                }
            }
            (kind, value) => {
                let text = lexical(kind, value).ok_or(Mismatch)?;
                if !text.is_empty() {
                    self.writer.text(&text);
                }
            }
        }
        Ok(())
    }

    fn members(&mut self, object: &Object, members: &[(&'static str, Value)]) -> Result<(), Mismatch> {
        let declared = |name: &str| object.fields.iter().any(|field| field.name == name);
        if !members.iter().all(|(name, _)| declared(name)) {
            return Err(Mismatch);
        }
        for field in object.fields {
            let value = members.iter().find(|(name, _)| *name == field.name);
            self.element(field.name, field.kind, value.map_or(&Value::Nothing, |(_, value)| value))?;
        }
        Ok(())
    }
}

/// The text of a value of a simple type; `None` if it is of another type or out of its range.
fn lexical(kind: Type, value: &Value) -> Option<Cow<'_, str>> {
    let text = match (kind, value) {
        (Type::String, Value::Text(text)) => text.as_str().into(),
        (Type::String, Value::Secret(text)) => text.as_str().into(),
        (Type::Enumeration(list), Value::Text(text)) => {
            return list.values.contains(&text.as_str()).then(|| text.as_str().into());
        }
        (Type::Int, Value::Number(number)) => i32::try_from(*number).ok()?.to_string().into(),
        (Type::Short, Value::Number(number)) => i16::try_from(*number).ok()?.to_string().into(),
        (Type::Long, Value::Number(number)) => number.to_string().into(),
        (Type::Float, Value::Float(number)) if number.is_finite() => number.to_string().into(),
        (Type::Boolean, Value::Boolean(true)) => "true".into(),
        (Type::Boolean, Value::Boolean(false)) => "false".into(),
        (Type::DateTime, Value::DateTime(time)) => date_time(*time).into(),
        _ => return None,
    };
    Some(text)
}

/// UTC with `Z`, to the millisecond. Contract: ecgridos-soap 3 #17.
fn date_time(time: Timestamp) -> String {
    time.round(Unit::Millisecond).unwrap_or(time).to_string()
}
