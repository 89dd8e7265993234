#include "wsdl/model/description.hpp"

#include <algorithm>

namespace hutong::wsdl {

bool Description::usable() const {
    return std::none_of(findings.begin(), findings.end(),
                        [](const Finding& finding) { return finding.severity == Severity::error; });
}

const Binding* Description::binding(const QName& wanted) const {
    const auto found = std::find_if(bindings.begin(), bindings.end(),
                                    [&](const Binding& candidate) { return candidate.name == wanted; });
    return found == bindings.end() ? nullptr : &*found;
}

}  // namespace hutong::wsdl
