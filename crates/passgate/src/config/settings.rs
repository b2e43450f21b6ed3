//! How a section of the configuration is declared: once, with its documentation and its defaults.
//!
//! Reader, defaults, sample file and the names of the environment variables all come out of the one
//! declaration, so that they cannot drift apart.

/// One setting, as the sample file and the documentation show it.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The name within its section.
    pub key: &'static str,
    /// The lines of its documentation.
    pub docs: &'static [&'static str],
    /// The default, or for a setting without one an example.
    pub value: toml::Value,
}

/// A section of the configuration file.
pub trait Section: Default {
    /// The name between the brackets.
    const NAME: &'static str;
    /// The lines of its documentation.
    const DOCS: &'static [&'static str];

    /// Its settings in the order in which they are declared.
    fn settings() -> Vec<Setting>;
}

/// Declares a section: `key: Type = default;`, or `key: Option<Type> = None, like example;`. A section within
/// it comes last, as `[name]: Type;`, and is declared by itself with a name like `"outer.inner"`.
macro_rules! section {
    (
        $(#[doc = $section_doc:literal])*
        pub struct $name:ident as $section:literal {
            $(
                $(#[doc = $doc:literal])*
                $key:ident : $kind:ty = $default:expr $(, like $example:expr)? ;
            )*
            $(
                [$inner:ident] : $inner_kind:ty ;
            )*
        }
    ) => {
        $(#[doc = $section_doc])*
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $(
                $(#[doc = $doc])*
                pub $key: $kind,
            )*
            $(
                #[doc = concat!("`[", $section, ".", stringify!($inner), "]`")]
                pub $inner: $inner_kind,
            )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)* $($inner: <$inner_kind>::default(),)* }
            }
        }

        impl $crate::config::settings::Section for $name {
            const NAME: &'static str = $section;
            const DOCS: &'static [&'static str] = &[$($section_doc,)*];

            fn settings() -> Vec<$crate::config::settings::Setting> {
                vec![$(
                    $crate::config::settings::Setting {
                        key: stringify!($key),
                        docs: &[$($doc,)*],
                        value: $crate::config::settings::shown(
                            section!(@shown $default $(, $example)?)
                        ),
                    },
                )*]
            }
        }
    };
    (@shown $default:expr) => { $default };
    (@shown $default:expr, $example:expr) => { $example };
}

pub(crate) use section;

/// A default as it stands in the file.
pub(crate) fn shown<T>(value: T) -> toml::Value
where
    T: serde::Serialize,
{
    toml::Value::try_from(value).expect("every default is a TOML value, as the tests of the sample show")
}
