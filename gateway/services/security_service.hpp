// The security service of the platform: applications have documents signed, verified, sealed and opened with
// keys that stay here.
//
// Its contract is wsdl/contracts/security. Requests are read by base/xml and not by gSOAP's stubs: the
// pipeline has parsed and validated them already, a handful of children by name is all there is to read, and
// generated readers would be a second parser with limits of its own.
#pragma once

#include "gateway/pipeline/local_service.hpp"
#include "gateway/pipeline/work_pool.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::gateway {

class SecurityService final : public LocalService {
  public:
    static constexpr std::string_view name = "security";  // in "internal:security"

    // `waiting`: for operations that wait for somebody outside, so that they hold up no others.
    SecurityService(WorkPool& pool, WorkPool& waiting) : pool_(pool), waiting_(waiting) {}
    Awaitable<std::optional<Refusal>> answer(Exchange& exchange) override;
    bool confidential(std::string_view operation) const override;

  private:
    WorkPool& pool_;
    WorkPool& waiting_;
};

// What is published for it: the files of wsdl/contracts/security, which are part of the program.
const wsdl::Bundle& security_contract();

}  // namespace hutong::gateway
