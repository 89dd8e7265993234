// Evidence: the request is on disk before it goes on, the response before it leaves.
//
// A call that cannot be journaled is refused. Refused calls leave a record too.
#pragma once

#include "gateway/pipeline/stage.hpp"
#include "security/journal/journal.hpp"

namespace hutong::gateway {

class JournalStage final : public Stage {
  public:
    explicit JournalStage(security::Journal& journal) : journal_(journal) {}
    std::string_view name() const override { return "journal"; }
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;
    Awaitable<std::optional<Refusal>> response(Exchange& exchange) override;

  private:
    security::Journal& journal_;
};

// Resumes the caller on its own executor when the record is on disk.
Awaitable<Result<security::Position>> append_durably(security::Journal& journal, security::Record record);

}  // namespace hutong::gateway
