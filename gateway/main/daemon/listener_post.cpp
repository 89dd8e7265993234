#include "gateway/main/daemon/listener_post.hpp"

#include <algorithm>

#include "gateway/main/coroutine.hpp"
#include "gateway/main/daemon/client_limits.hpp"

namespace hutong::daemon {

namespace {

constexpr std::uint64_t largest_answer = 64u << 10;
constexpr std::chrono::seconds longest_exchange{20};  // however the listener keeps moving
constexpr std::string_view mailto = "mailto:";

// The scheme is compared without case (RFC 3986 section 3.1).
bool is_mailto(std::string_view text) {
    const auto same = [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); };
    return text.size() >= mailto.size() && std::equal(mailto.begin(), mailto.end(), text.begin(), same);
}

}  // namespace

ListenerPost::ListenerPost(asio::io_context& context, const config::Config& config,
                           const std::filesystem::path& spool, std::vector<Network> networks)
    : networks_(std::move(networks)),
      sender_(config.mail.from),
      client_(context, client_limits(config.backend, largest_answer), largest_answer, spool,
              [this](const IpAddress& address) { return may_connect(address); }) {
    if (!config.mail.relay.empty()) relay_.emplace(config.mail);
}

void ListenerPost::stop() {
    if (relay_) relay_->stop();
    mailing_.stop();
}

bool ListenerPost::may_connect(const IpAddress& address) const {
    return is_public(address) || std::any_of(networks_.begin(), networks_.end(),
                                             [&](const Network& one) { return one.contains(address); });
}

Result<void> ListenerPost::check(const std::string& access_point) const {
    if (is_mailto(access_point)) return check_mailbox(std::string_view(access_point).substr(mailto.size()));
    const auto url = http::parse_url(access_point);
    if (url.has_error())
        return invalid("A listener's accessPoint is an http or https URL or a mailto: address: " +
                       url.error().detail + ".");
    const auto literal = parse_ip(url->host);
    if (literal && !may_connect(*literal))
        return refused("Listeners may not be at " + url->host +
                       ": it is no public address, and in none of the networks that this registry's operator "
                       "allows.");
    return {};
}

Result<void> ListenerPost::check_mailbox(std::string_view mailbox) const {
    if (!relay_)
        return refused(
            "This registry sends no e-mail: its operator has configured no relay. Use a listener at an "
            "http(s) "
            "address, or ask with get_subscriptionResults.");
    if (!is_mailbox(mailbox))
        return invalid(
            "A mailto: accessPoint of a listener is one address such as mailto:uddi@agency.example.gov.cn, "
            "without headers, and without percent signs.");
    return {};
}

Awaitable<Result<void>> ListenerPost::deliver(std::string access_point, std::string content) {
    HUTONG_CO_TRY(check(access_point));
    if (is_mailto(access_point)) {
        std::string mailbox = access_point.substr(mailto.size());
        co_return co_await by_mail(std::move(mailbox), std::move(content));
    }
    HUTONG_CO_ASSIGN(http::Url url, http::parse_url(access_point));
    co_return co_await by_http(std::move(url), std::move(content));
}

Awaitable<Result<void>> ListenerPost::by_http(http::Url to, std::string content) {
    http::OutgoingRequest request;
    request.headers.add("Content-Type", "text/xml; charset=utf-8");
    request.headers.add("SOAPAction", registry::uddi::notification_action);
    request.body.push_back({registry::uddi::notification_envelope(content)});
    request.end = http::now() + longest_exchange;
    const auto answer = co_await client_.send(to, std::move(request));
    if (answer.has_error()) co_return answer.error().error;
    if (answer->status >= 300 && answer->status < 400)
        co_return refused("it leads elsewhere (status " + std::to_string(answer->status) +
                          "): redirects are not followed, give the final address");
    if (answer->status != 200) co_return unavailable("status " + std::to_string(answer->status));
    const std::string text(answer->body.memory());  // its limit is that of an answer
    co_return registry::uddi::read_confirmation(text);
}

Awaitable<Result<void>> ListenerPost::by_mail(std::string mailbox, std::string content) {
    mail::Message message;
    message.from = sender_;
    message.to = std::move(mailbox);
    message.subject = "UDDI subscription results";
    message.content_type = "text/xml; charset=utf-8";
    message.content = std::move(content);
    auto work = [this, &message] { return relay_->send(message); };
    co_return co_await run_on(mailing_, std::move(work));
}

}  // namespace hutong::daemon
