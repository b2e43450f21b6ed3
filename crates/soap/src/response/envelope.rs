//! The envelope that every answer comes in.

use crate::dialect::{Dialect, Empty, Version};
use crate::xml::Writer;

/// A writer with envelope and body open.
pub(super) fn envelope(dialect: &Dialect, version: Version) -> Writer {
    envelope_with(dialect, version, |_| {})
}

pub(super) fn envelope_with(dialect: &Dialect, version: Version, header: impl FnOnce(&mut Writer)) -> Writer {
    let prefix = dialect.prefix;
    let mut writer = Writer::new(dialect.xml_declaration);
    writer.start(&format!("{prefix}:Envelope")).attribute(&format!("xmlns:{prefix}"), version.namespace());
    for (name, namespace) in dialect.declared {
        writer.attribute(&format!("xmlns:{name}"), namespace);
    }
    header(&mut writer);
    writer.start(&format!("{prefix}:Body"));
    writer
}

pub(super) fn close(dialect: &Dialect, writer: &mut Writer) {
    match dialect.empty {
        Empty::Plain => writer.end(),
        Empty::Spaced => writer.end_spaced(),
    };
}
