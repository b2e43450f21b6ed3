//! The first byte of an input chooses how the rest is meant, so that one corpus reaches every way in.

/// The choice, one of `ways`, and the rest. `None` for no bytes at all.
pub(crate) fn choose(data: &[u8], ways: u8) -> Option<(u8, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((first % ways, rest))
}

/// The rest as text, so that every input says something; what is no UTF-8 becomes U+FFFD.
pub(crate) fn text(rest: &[u8]) -> String {
    String::from_utf8_lossy(rest).into_owned()
}

/// The rest as several texts, parted by line feeds; missing ones are empty, the last one takes what is left.
pub(crate) fn texts<const COUNT: usize>(rest: &[u8]) -> [String; COUNT] {
    let mut parts = rest.splitn(COUNT, |&byte| byte == b'\n');
    std::array::from_fn(|_| text(parts.next().unwrap_or_default()))
}
