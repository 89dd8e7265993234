// Validates one element against a SchemaSet while its events come by.
//
// XML Schema 1.0 part 1 section 3.3.4. The first error is kept, what follows is not looked at. `schemas` and
// the parser must outlive it. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/xml/push_parser.hpp"
#include "base/xml/schema.hpp"

namespace hutong::xml {

class StreamValidator {
  public:
    // `in_scope`: prefix and URI of what is declared above the element, for QNames in values (xsi:type).
    StreamValidator(const SchemaSet& schemas, const PushParser& parser,
                    std::vector<std::pair<std::string, std::string>> in_scope);
    ~StreamValidator();
    StreamValidator(const StreamValidator&) = delete;
    StreamValidator& operator=(const StreamValidator&) = delete;

    void start(const StartTag& tag);
    void end();
    void text(std::string_view text, bool cdata);

    // After the element's end. Error: invalid, with line and libxml2's reason.
    Result<void> result() const;

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace hutong::xml
