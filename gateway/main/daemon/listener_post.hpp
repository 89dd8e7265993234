// Carries notifications to listeners: by HTTP to Web services, through the mail relay to mailboxes.
//
// UDDI v3.0.2 sections 5.5.8 and 5.5.12. Publishers choose the addresses, so a connection goes to public
// addresses and configured networks only, whatever a name resolves to at that moment; no redirects, bounded
// size and time. check() on any thread; deliver() on the control thread's context. References outlive it.
#pragma once

#include <optional>

#include "base/config/config.hpp"
#include "gateway/http/client.hpp"
#include "gateway/mail/relay.hpp"
#include "registry/subscription/listeners.hpp"

namespace hutong::daemon {

class ListenerPost final : public registry::uddi::Listeners {
  public:
    static constexpr unsigned mails_at_once = 2;  // more wait
    ListenerPost(asio::io_context& context, const config::Config& config, const std::filesystem::path& spool,
                 std::vector<Network> networks);
    ~ListenerPost() override { stop(); }

    Result<void> check(const std::string& access_point) const override;
    Awaitable<Result<void>> deliver(std::string access_point, std::string content) override;
    void stop();  // mail under way is broken off; from any thread

  private:
    bool may_connect(const IpAddress& address) const;
    Result<void> check_mailbox(std::string_view mailbox) const;
    Awaitable<Result<void>> by_http(http::Url to, std::string content);
    Awaitable<Result<void>> by_mail(std::string mailbox, std::string content);

    const std::vector<Network> networks_;  // where listeners may be, beside public addresses
    const std::string sender_;             // of mail
    http::Client client_;
    std::optional<mail::Relay> relay_;
    asio::thread_pool mailing_{mails_at_once};  // a slow relay holds up nothing but mail
};

}  // namespace hutong::daemon
