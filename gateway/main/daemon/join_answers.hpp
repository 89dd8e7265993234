// Answers the nodes that ask to come in; on the node that has the CA.
//
// A request is a row that whoever can write to the database can write. It counts when it shows the token of
// an invitation that this node gave (gateway/main/invitations), whose giver may still invite. Runs on the
// control thread; references outlive it.
#pragma once

#include "gateway/main/daemon/node_certifier.hpp"
#include "gateway/main/invitations.hpp"
#include "registry/store/nodes.hpp"
#include "security/access/access.hpp"

namespace hutong::daemon {

class JoinAnswers {
  public:
    struct Parts {
        const Home& home;
        const std::string& node;  // this one
        registry::Nodes& nodes;
        security::Access& access;
        NodeCertifier& certifier;
        OwnRecords& records;
    };
    explicit JoinAnswers(const Parts& parts) : parts_(parts), invitations_(parts.home) {}

    Awaitable<> run(asio::steady_timer& timer);  // ends when the timer is cancelled
    Awaitable<void> answer_pending();

  private:
    Awaitable<void> answer(registry::JoinRequest request);
    Result<Invitation> invitation_of(const registry::JoinRequest& request) const;
    Awaitable<Result<void>> check(const registry::JoinRequest& request, const Invitation& invitation);
    Awaitable<Result<void>> check_inviter(const Invitation& invitation);
    Awaitable<Result<void>> admit(const registry::JoinRequest& request, const Invitation& invitation,
                                  const boost::json::object& who);

    const Parts parts_;
    const Invitations invitations_;
};

}  // namespace hutong::daemon
