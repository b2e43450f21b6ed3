//! The sample file, made out of the declarations of the sections.

use std::fmt::Write as _;

use super::described_sections;
use super::environment::variable;

const OPENING: &str = "\
# Passgate, the configuration file.
#
# Every setting is shown with its default: take the # away to change it.
# Each can also be given as a variable, which overrides the file: PASSGATE_<SECTION>_<KEY>.
# `passgate config check` says what is wrong with a file, `passgate config show` what is in force.
";

/// A file with every setting, its meaning and its default.
pub fn sample() -> String {
    let mut text = OPENING.to_owned();
    for section in described_sections() {
        text.push('\n');
        for line in section.docs {
            let _ = writeln!(text, "#{line}");
        }
        let _ = writeln!(text, "[{}]", section.name);
        for setting in &section.settings {
            text.push('\n');
            for line in setting.docs {
                let _ = writeln!(text, "#{line}");
            }
            let _ = writeln!(text, "#{} = {}", setting.key, setting.value);
        }
    }
    let first = variable("server", "listen");
    text.replace("PASSGATE_<SECTION>_<KEY>.", &format!("PASSGATE_<SECTION>_<KEY>, such as\n# {first}."))
}
