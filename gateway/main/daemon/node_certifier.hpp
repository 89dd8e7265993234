// Certifies the keys of nodes, on the node that has the CA: of those that join, of those that are in, and its
// own. Each certificate is in the journal and in the register before it leaves.
//
// Runs on the control thread; references outlive it.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "gateway/main/daemon/own_records.hpp"
#include "gateway/main/node_keys.hpp"
#include "security/pki/register.hpp"

namespace hutong::daemon {

struct KeyWish {
    const NodeKey* key;
    std::string csr;          // PEM
    std::string node;         // whose key it is
    std::string url;          // where that node is reached
    std::string machine;      // its host name, where known
    std::string renews;       // serial of the certificate that is there; empty: none is
    std::string actor;        // for the history of certificates
    boost::json::object who;  // for the record in the journal: the node, and who let it in
};

class NodeCertifier {
  public:
    NodeCertifier(const security::Authorities& authorities, security::CertificateRegister& certificates,
                  OwnRecords& records)
        : authorities_(authorities), certificates_(certificates), records_(records) {}

    // The certificate that is there stays good until its own end. Errors: unavailable, also when the new one
    // would end no later than it because the CA does; of the CA, the journal and the register.
    Awaitable<Result<security::Issued>> certify(KeyWish wish);

  private:
    using Present = std::optional<security::RegisteredCertificate>;
    Awaitable<Result<Present>> present(std::string serial);

    const security::Authorities& authorities_;
    security::CertificateRegister& certificates_;
    OwnRecords& records_;
};

}  // namespace hutong::daemon
