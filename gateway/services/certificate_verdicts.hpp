// Certificates as the contract tells of them: believed or not, why, and whose they are.
//
// Pure functions of the call's routing table.
#pragma once

#include "gateway/services/security_messages.hpp"

namespace hutong::gateway::security_service {

struct Question {
    security::Usage use{security::Usage::document_signing};
    TimePoint as_of;
    TimePoint now;
};

// Elements of the type CertificateVerdict.
std::string certificate_verdict(const RoutingTable& table, const Bytes& certificate,
                                const std::vector<Bytes>& chain, const Question& question);

}  // namespace hutong::gateway::security_service
