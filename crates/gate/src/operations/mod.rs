//! What the gate does, one operation a file. Each method of [`crate::Gate`] here is one attempt: it judges,
//! acts in one transaction, and leaves exactly one audit event where it changes something or refuses.

mod change_password;
mod create_user;
mod generate_password;
mod identify;
mod keys;
mod lock_user;
mod password_proof;
mod permit;
mod read_user;
mod reset_user;
mod sessions;
mod set_password;
mod sign_in;
mod target;
mod tenants;
mod update_user;
mod user_sessions;

pub use change_password::ChangePassword;
pub use create_user::CreateUser;
pub use set_password::{Demand, SetPassword};
pub use sign_in::{SignIn, SignedIn};
pub use target::Target;
pub use update_user::UpdateUser;
pub use user_sessions::{ListedSession, Which};
