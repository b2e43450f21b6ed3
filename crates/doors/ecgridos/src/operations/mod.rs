//! The operations, one a file: its declaration, then what it does.

pub(crate) mod change_password;
pub(crate) mod generate_api_key;
pub(crate) mod generate_password;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod now_utc;
pub(crate) mod session_info;
pub(crate) mod user_info;
pub(crate) mod user_password;
pub(crate) mod user_reset;
pub(crate) mod version;
pub(crate) mod who_am_i;
