#include "registry/subscription/notifier.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/coroutine.hpp"
#include "base/log.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/publication/uddi/transaction.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::size_t most_in_message = 100;  // entities, whatever maxEntities says

// A claim is known by when it ends, to the microsecond.
const std::string claimed = "next_try = now() + interval '5 minutes'";
const std::string end_of_claim = "to_char(next_try at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
// accessPoint begins a bindingTemplate's stored text, which has one form (xml_text.hpp: normal_text).
const std::string by_mail =
    "coalesce((select middle ~* '^<accessPoint( [^ =]+=\"[^\"]*\")*>[[:space:]]*mailto:' from uddi_entities "
    "b "
    "where b.key = binding), false)";
const std::string is_claimed = "where key = $1 and next_try = $2::timestamptz";

// Entities carry the time at which their transaction began, and are seen when it ends: only what is older
// than every transaction that is still open will change no more. The margin is for one that is just
// beginning.
struct Settled {
    TimePoint until{};
    std::int64_t behind{0};  // seconds that the oldest transaction has been open
    std::string oldest;      // which it is
};
Awaitable<OrFault<Settled>> settled_until(pg::Session& session) {
    HUTONG_QUERY(
        rows, session,
        "select " + as_utc("(least(now(), min(xact_start)) - interval '100 milliseconds')") +
            ", extract(epoch from now() - least(now(), min(xact_start)))::bigint, coalesce((array_agg('pid ' "
            "|| pid || ' since ' || xact_start || ', application_name ' || application_name order by "
            "xact_start))[1], '') from pg_stat_activity where datname = current_database() and usename = "
            "current_user "
            "and backend_type = 'client backend' and pid <> pg_backend_pid()");
    Settled settled;
    HUTONG_CO_ASSIGN(settled.until, parse_utc(rows.text(0, 0)));
    settled.behind = rows.integer(0, 1);
    settled.oldest = rows.text(0, 2);
    co_return settled;
}

// Whether any entity came, changed or went since this subscription was told or looked through: where none
// did, its filter finds what it found. (But for relations and assertions, which have no times.)
Awaitable<OrFault<bool>> anything_new(pg::Session& session, const Subscription& subscription) {
    // max() reads the end of an index, where exists() might look through the table.
    HUTONG_QUERY(
        found, session,
        "select coalesce(greatest((select max(modified_below) from uddi_entities), (select max(gone) from "
        "uddi_departed)) >= coalesce(looked, notified), false) from uddi_subscriptions where key = $1",
        with(subscription.key));
    co_return !found.empty() && found.boolean(0, 0);
}

Changes slice(const Changes& all, std::size_t first, std::size_t count) {
    Changes some;
    for (std::size_t i = first; i < first + count && i < all.changed.size() + all.gone.size(); ++i) {
        if (i < all.changed.size())
            some.changed.push_back(all.changed[i]);
        else
            some.gone.push_back(all.gone[i - all.changed.size()]);
    }
    return some;
}

// Of an address what may stand in a log: no user information, query or fragment, which may hold secrets.
std::string shown(const std::string& address) {
    std::string text = address.substr(0, address.find_first_of("?#"));
    const std::size_t authority = text.find("://");
    if (authority == std::string::npos) return text;
    const std::size_t begin = authority + 3;
    const std::size_t at = text.substr(0, text.find('/', begin)).rfind('@');
    if (at != std::string::npos && at >= begin) text.erase(begin, at + 1 - begin);
    return text;
}

}  // namespace

OrFault<std::string> listener_address(const std::string& binding_text) {
    const std::string text =
        "<bindingTemplate xmlns=\"" + std::string(ns) + "\">" + binding_text + "</bindingTemplate>";
    HUTONG_ASSIGN(const xml::Document document, xml::parse(text));
    const xml::Element point = document.root().child(ns, "accessPoint");
    const std::string use = point ? collapsed(point.attribute("useType").value_or("")) : "";
    if (!point || use == "bindingTemplate" || use == "hostingRedirector" || use == "wsdlDeployment")
        return Fault(failure::invalid_value,
                     "The bindingTemplate of a listener needs an accessPoint that is the listener's own "
                     "address (useType endPoint).",
                     "bindingKey");
    return collapsed(point.text());
}

Awaitable<Result<std::optional<Notifier::Claim>>> Notifier::claim(Busy busy) {
    const auto array = [](const std::vector<std::string>& texts) {
        return pg::array(std::vector<pg::Param>(texts.begin(), texts.end()));
    };
    const std::string owners = array(busy.organisations), keys = array(busy.keys);
    const std::string mail(busy.mail ? "true" : "false"), web(busy.web ? "true" : "false");
    HUTONG_QUERY(
        rows, pool_,
        "update uddi_subscriptions set " + claimed +
            " where key = (select key from uddi_subscriptions where next_try <= now() and expires > "
            "now() and not owner = any($1::text[]) and not key = any($2::text[]) and not case when " +
            by_mail +
            " then $3::boolean else $4::boolean end order by next_try limit 1 for update skip locked) "
            "returning key, owner, " +
            end_of_claim + ", " + by_mail,
        with(owners, keys, mail, web));
    std::optional<Claim> claim;
    if (!rows.empty()) {
        claim.emplace();
        claim->key = rows.text(0, 0);
        claim->owner = rows.text(0, 1);
        claim->until = rows.text(0, 2);
        claim->mail = rows.boolean(0, 3);
    }
    co_return claim;
}

Awaitable<> Notifier::notify(Claim claim) {
    std::optional<News> news;
    Sent sent;
    OrFault<void> computed = co_await gather(claim, news);
    if (computed.has_value() && !news) co_return;  // saved anew or deleted meanwhile
    if (computed.has_value() && !news->empty) computed = co_await send(claim, *news, sent);
    if (!sent.ours) co_return;
    // Where the database has gone meanwhile, the claim runs out.
    if (computed.has_error())
        (void)co_await not_computed(claim, computed.error());
    else if (sent.not_taken)
        (void)co_await failed(claim, *sent.not_taken);
    else
        (void)co_await done(claim, *news);
}

Awaitable<OrFault<void>> Notifier::gather(const Claim& claim, std::optional<News>& news) {
    auto work = [&](pg::Session& session) -> Awaitable<OrFault<void>> {
        news.reset();
        co_return co_await gather_now(session, claim, news);
    };
    co_await gathering_.take();
    auto outcome = co_await in_transaction(pool_, work);
    gathering_.give_back();
    co_return outcome;
}

Awaitable<OrFault<void>> Notifier::gather_now(pg::Session& session, const Claim& claim,
                                              std::optional<News>& news) {
    HUTONG_CO_ASSIGN(auto found, co_await read_subscriptions(session, is_claimed + " for update",
                                                             with(claim.key, claim.until)));
    if (found.empty()) co_return OrFault<void>();
    News made;
    made.subscription = std::move(found.front());
    HUTONG_CO_ASSIGN(made.filter, read_filter(made.subscription.filter));
    HUTONG_CO_ASSIGN(const Settled settled, co_await settled_until(session));
    tell_lag(made.subscription, settled.behind, settled.oldest);
    made.period = Period{made.subscription.notified, settled.until};
    bool look = made.period.from < made.period.until;
    if (look && !made.filter.is_list() && !made.filter.find->related) {
        HUTONG_CO_ASSIGN(look, co_await anything_new(session, made.subscription));
    }
    if (look && made.filter.is_list()) {
        HUTONG_CO_TRY(co_await gather_list(session, made));
    } else if (look) {
        HUTONG_CO_TRY(co_await note_matches(session, made.subscription, made.filter));
        HUTONG_CO_ASSIGN(made.changes,
                         co_await changes_of(session, made.subscription, made.filter, made.period));
        made.empty = made.changes.empty();
    }
    news = std::move(made);
    co_return OrFault<void>();
}

// Once of each transaction, which holds back all of them.
void Notifier::tell_lag(const Subscription& subscription, std::int64_t behind, const std::string& oldest) {
    if (behind <= subscription.seconds || oldest == lag_told_) return;
    lag_told_ = oldest;
    log(MessageId::HT3028,
        {{"seconds", std::to_string(behind)}, {"transaction", oldest}, {"subscription", subscription.key}});
}

Awaitable<OrFault<void>> Notifier::gather_list(pg::Session& session, News& news) {
    HUTONG_CO_ASSIGN(news.list, co_await whole_list(session, news.subscription.owner, news.filter));
    news.told = to_hex(sha256(news.list));
    news.empty = news.told == news.subscription.told;
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> Notifier::send(Claim& claim, const News& news, Sent& sent) {
    HUTONG_CO_ASSIGN(const std::optional<std::string> binding, co_await binding_of(news.subscription));
    const OrFault<std::string> address = address_in(binding, news.subscription);
    if (address.has_error()) {
        sent.not_taken = address.error().detail;
        co_return OrFault<void>();
    }
    const std::size_t asked = news.subscription.most_entities.value_or(most_in_message);
    const std::size_t most = std::min(asked, most_in_message);
    const std::size_t all = news.list.empty() ? news.changes.changed.size() + news.changes.gone.size() : 1;
    for (std::size_t first = 0; first < all && !sent.not_taken; first += most) {
        HUTONG_CO_ASSIGN(const std::string list, co_await list_of(news, first, most));
        HUTONG_CO_ASSIGN(sent.ours, co_await prolong(claim));
        if (!sent.ours) co_return OrFault<void>();
        const std::string content = "<notify_subscriptionListener xmlns=\"" + std::string(ns_listener) +
                                    "\">" + list + "</notify_subscriptionListener>";
        const Result<void> taken = co_await listeners_.deliver(*address, content);
        if (taken.has_error()) sent.not_taken = shown(*address) + ": " + taken.error().detail;
    }
    co_return OrFault<void>();
}

Awaitable<OrFault<std::string>> Notifier::list_of(const News& news, std::size_t first, std::size_t most) {
    if (!news.list.empty()) co_return told_list(news.subscription, news.period, news.list);
    const Changes piece = slice(news.changes, first, most);
    co_return co_await told_changes(pool_, news.subscription, news.filter, news.period, piece, public_url_());
}

Awaitable<OrFault<bool>> Notifier::prolong(Claim& claim) {
    HUTONG_QUERY(rows, pool_,
                 "update uddi_subscriptions set " + claimed + " " + is_claimed + " returning " + end_of_claim,
                 with(claim.key, claim.until));
    if (rows.empty()) co_return false;
    claim.until = rows.text(0, 0);
    co_return true;
}

Awaitable<OrFault<std::optional<std::string>>> Notifier::binding_of(const Subscription& subscription) {
    HUTONG_QUERY(rows, pool_,
                 "select middle from uddi_entities where key = $1 and kind = 'binding' and owner = $2",
                 with(subscription.binding, subscription.owner));
    std::optional<std::string> text;
    if (!rows.empty()) text = rows.text(0, 0);
    co_return text;
}

OrFault<std::string> Notifier::address_in(const std::optional<std::string>& binding,
                                          const Subscription& subscription) const {
    if (!binding)
        return Fault(failure::invalid_key, "the bindingTemplate \"" + subscription.binding +
                                               "\" is gone, or another organisation's now");
    HUTONG_ASSIGN(std::string address, listener_address(*binding));
    if (listeners_.check(address).has_value()) return address;
    // Its words may hold the address.
    const Result<void> without = listeners_.check(shown(address));
    return Fault(failure::invalid_value, without.has_error() ? without.error().detail
                                                             : shown(address) +
                                                                   ": its query string or what "
                                                                   "stands before the host is not allowed");
}

Awaitable<OrFault<void>> Notifier::done(const Claim& claim, const News& news) {
    const std::string looked = format_utc(news.period.until);
    const std::string notified = news.empty ? "" : looked;
    HUTONG_QUERY(
        rows, pool_,
        "update uddi_subscriptions set next_try = now() + make_interval(secs => seconds), failures = "
        "0, notified = coalesce($3::timestamptz, notified), told = coalesce($4, told), "
        "looked = greatest(looked, $5::timestamptz) " +
            is_claimed,
        with(claim.key, claim.until, or_null(notified), or_null(news.told), looked));
    not_computable_.erase(claim.key);
    if (!news.empty && news.subscription.failures > 0)
        log(MessageId::HT3026, {{"subscription", claim.key}, {"org", claim.owner}});
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> Notifier::not_computed(const Claim& claim, const Fault& why) {
    HUTONG_QUERY(rows, pool_,
                 "update uddi_subscriptions set next_try = now() + greatest(make_interval(secs => seconds), "
                 "interval '10 minutes') " +
                     is_claimed + " returning key",
                 with(claim.key, claim.until));
    const std::string& reason = why.cause.empty() ? why.detail : why.cause;
    if (!rows.empty() && not_computable_.insert(claim.key).second)
        log(MessageId::HT3027, {{"subscription", claim.key}, {"org", claim.owner}, {"reason", reason}});
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> Notifier::failed(const Claim& claim, const std::string& why) {
    HUTONG_QUERY(
        rows, pool_,
        "update uddi_subscriptions set failures = failures + 1, next_try = case when failures + 1 >= "
        "$3::int then 'infinity' else now() + make_interval(secs => least(power(2, failures + 1), "
        "10800)) end " +
            is_claimed + " returning failures",
        with(claim.key, claim.until, std::to_string(most_attempts_)));
    if (rows.empty()) co_return OrFault<void>();
    const auto failures = static_cast<unsigned>(rows.integer(0, 0));
    const bool given_up = failures >= most_attempts_;
    if (!given_up && failures > 1) co_return OrFault<void>();  // said already
    const MessageId id = given_up ? MessageId::HT3025 : MessageId::HT3024;
    log(id, {{"subscription", claim.key}, {"org", claim.owner}, {"reason", why}});
    co_return OrFault<void>();
}

}  // namespace hutong::registry::uddi
