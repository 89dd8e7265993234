// XML Schema 1.0 validation: compiled sets of schemas, used by many threads.
//
// A SchemaSet is immutable after compile() and may validate from any number of threads at once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/xml/document.hpp"

struct _xmlSchema;

namespace hutong::xml {

class SchemaSet {
  public:
    // `main` names the entry document in `files`; imports and includes are looked up by resolved path in
    // `files` and nowhere else. Errors: invalid, with file and line.
    static Result<SchemaSet> compile(const std::map<std::string, std::string>& files,
                                     const std::string& main);

    SchemaSet(SchemaSet&&) noexcept;
    SchemaSet& operator=(SchemaSet&&) noexcept;
    ~SchemaSet();

    // Validates one element (and what is below it) of a document. Errors: invalid, with line and libxml2's
    // reason.
    Result<void> validate(Element element) const;

    _xmlSchema* raw() const;  // for base/xml only

  private:
    struct State;
    explicit SchemaSet(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hutong::xml
