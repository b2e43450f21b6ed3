//! The contract suite: what every store keeps, whichever engine runs it. An engine is done when all pass.
//!
//! Each behaviour is a function over `&dyn Store`, named as a sentence. [`contract_suite`] makes a test of
//! each, on a fresh store of the engine that calls it. What one engine alone can show (files, locks, kills)
//! stands in that engine's own tests.

pub(crate) mod attempts;
pub(crate) mod crash;
pub(crate) mod judgements;
pub(crate) mod keys;
pub(crate) mod rates;
pub(crate) mod record;
pub(crate) mod sessions;
pub(crate) mod sets;
pub(crate) mod sign_in;
pub(crate) mod tenants;
pub(crate) mod trail;
pub(crate) mod users;
pub(crate) mod world;

/// Makes the tests: the argument opens a fresh store and gives it with whatever must outlive it.
macro_rules! contract_suite {
    ($fresh:expr) => {
        $crate::contract::contract_suite! { $fresh;
            sets: [
                a_set_replaces_hash_version_sessions_and_throttle_at_once,
                a_set_spares_the_session_that_asked_for_it,
                a_set_spares_no_session_of_somebody_else_by_name,
                a_set_may_keep_every_session,
                a_set_revives_no_session_that_was_over,
                a_set_leaves_lock_status_and_keys_alone,
                a_recovery_question_stays_until_another_is_sent,
                a_set_on_an_old_proof_is_stale,
                a_stale_set_leaves_no_trace,
                fifty_sets_at_once_all_hold_and_the_record_has_their_order,
                of_changes_proved_by_one_old_password_one_holds,
                a_set_goes_to_its_user_alone,
                sessions_of_every_kind_end,
            ]
            judgements: [
                a_change_of_the_target_outdates_the_judgement,
                a_change_of_a_name_outdates_nothing,
                a_change_of_the_caller_outdates_the_judgement,
                a_session_that_is_over_outdates_the_judgement,
                a_key_that_is_over_outdates_the_judgement,
                a_sign_in_is_stale_once_the_account_or_the_password_has_changed,
                a_key_is_revoked_once_and_by_its_owner_s_stamp,
            ]
            sign_in: [
                a_login_leads_to_its_account_letter_case_aside,
                a_login_that_two_tenants_have_needs_its_company,
                an_address_counts_only_where_no_login_fits,
                a_portal_id_leads_to_its_account,
                only_accounts_in_use_are_found,
                a_locked_account_is_found,
                users_without_an_address_are_not_found_by_none,
            ]
            sessions: [
                a_sign_in_opens_a_session_and_clears_the_count,
                an_outdated_hash_is_replaced_at_sign_in_and_nothing_else,
                one_session_more_than_the_limit_is_refused,
                a_refused_session_clears_the_count_all_the_same,
                the_oldest_sessions_give_way,
                expired_sessions_do_not_count_against_the_limit,
                use_moves_the_end_of_a_session_and_never_back,
                a_session_is_ended_once,
                a_token_is_exchanged_once,
                an_ended_expired_or_foreign_token_is_not_exchanged,
                reuse_ends_the_whole_chain,
                sessions_past_their_last_hour_are_forgotten,
                open_sessions_are_listed_with_the_beginning_of_their_chain,
                asking_for_the_end_of_sessions_ends_a_chain_or_all_and_nothing_else,
            ]
            attempts: [
                parallel_guesses_cannot_exceed_the_limit,
                a_refused_attempt_is_not_counted,
                a_counter_is_cleared_or_taken_back,
                an_attempt_that_was_taken_back_delays_nobody,
                a_throttle_is_the_one_that_comes_with_the_attempt,
                a_proof_without_a_session_clears_the_count,
                a_nonce_works_once_per_user,
                a_replayed_nonce_changes_nothing,
                a_nonce_is_remembered_to_its_end_and_no_longer,
            ]
            rates: [
                a_source_is_limited_once_it_has_failed_too_often,
                a_limited_source_counts_nothing_on_accounts,
                a_network_of_ipv6_is_one_source,
                a_failure_and_its_record_are_one,
                failures_at_once_are_all_counted,
                calls_are_taken_up_to_the_limit_and_no_further,
            ]
            users: [
                a_new_user_is_as_it_was_asked_for,
                every_level_status_and_must_change_is_kept,
                a_login_is_given_once_per_tenant_letter_case_aside,
                a_portal_id_is_made_of_the_login_or_the_number,
                a_portal_id_is_used_once_per_tenant_for_ever,
                numbers_are_given_once_and_above_those_of_samples,
                twenty_users_made_at_once_have_twenty_numbers,
                a_user_needs_a_tenant_and_a_mailbox_that_exist,
                a_change_changes_what_it_names,
                suspending_and_locking_end_sessions_and_keep_keys,
                terminating_ends_sessions_and_keys,
                a_lock_keeps_its_beginning_and_lifting_it_clears_the_throttle,
                a_reset_ends_sessions_and_lifts_lock_and_throttle,
                accounts_are_listed_page_by_page,
            ]
            keys: [
                a_key_is_found_by_its_digest_with_its_owner,
                a_new_primary_key_revokes_the_one_before_and_no_other,
                keys_are_listed_in_order_revoked_ones_too,
                use_is_noted_to_the_minute_and_never_back,
                no_two_keys_have_one_digest,
                a_key_keeps_the_networks_that_it_is_good_from,
            ]
            tenants: [
                a_tenant_has_both_ids_each_given_once,
                a_tenant_s_first_record_is_that_of_its_making,
                a_change_of_a_tenant_raises_its_version,
                a_mailbox_number_is_given_once_per_tenant,
            ]
            record: [
                a_record_is_kept_field_by_field,
                each_tenant_has_a_chain_and_the_system_one,
                records_made_at_once_leave_no_gap,
                a_chain_of_many_pages_is_verified_while_it_grows,
                records_are_read_page_by_page,
                a_working_store_is_ready,
                a_text_of_any_characters_is_kept_and_found,
            ]
            trail: [
                a_checkpoint_is_kept_once_and_only_of_a_record_that_is_there,
                a_chain_is_unsigned_while_it_has_records_beyond_its_checkpoint,
                a_chain_is_held_against_what_was_signed_of_it,
                a_pruned_chain_verifies_from_its_anchor,
                a_chain_is_pruned_up_to_a_kept_checkpoint_only,
                nothing_is_pruned_that_a_second_place_has_not_received,
                a_second_place_lacks_what_was_not_noted_as_delivered,
                a_lease_has_one_holder_until_it_runs_out_or_is_given_back,
            ]
        }
    };
    ($fresh:expr; $($area:ident: [$($behaviour:ident),* $(,)?])*) => {
        $(mod $area {
            $(#[tokio::test]
            async fn $behaviour() {
                let (store, _kept) = $fresh;
                $crate::contract::$area::$behaviour(&store).await;
            })*
        })*
    };
}
pub(crate) use contract_suite;
