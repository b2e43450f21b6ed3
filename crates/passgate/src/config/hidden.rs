//! What an error may show of a text that an operator wrote: an address with a password in it was meant for nobody
//! else (R112).

/// The text, without the rest of a line that may hold a secret: behind `://` if there are credentials or a query, or
/// behind the word `password`.
pub(crate) fn hidden(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn line(line: &str) -> String {
    const WORD: &str = "password=";
    let address = line.find("://").map(|at| at + 3).filter(|at| line[*at..].contains(['@', '?']));
    let word = line.to_ascii_lowercase().find(WORD).map(|at| at + WORD.len());
    match address.into_iter().chain(word).min() {
        Some(from) => format!("{}(hidden)", &line[..from]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn an_address_is_shown_without_credentials_and_query() {
        // R112
        for (text, shown) in [
            ("url = \"postgres://ann:hunter2@db/x", "url = \"postgres://(hidden)"),
            ("1\n2 | url = \"postgres://ann:hunter2@db/x\n  | ^", "1\n2 | url = \"postgres://(hidden)\n  | ^"),
            ("host=db PASSWORD=hunter2 dbname=x", "host=db PASSWORD=(hidden)"),
            ("https://siem.example/?token=hunter2", "https://(hidden)"),
            ("https://siem.example/audit", "https://siem.example/audit"),
            ("min_length = \"acht\"", "min_length = \"acht\""),
        ] {
            assert_eq!(hidden(text), shown);
        }
    }
}
