// Attaches policies to one document of a contract, and cuts out those they replace.
//
// Of one document on one thread; the document, its map and the splices must outlive it.
#pragma once

#include "wsdl/model/closure.hpp"
#include "wsdl/model/text_map.hpp"
#include "wsdl/publish/policies.hpp"

namespace hutong::wsdl {

class PolicySplices {
  public:
    PolicySplices(const PublishedPolicies& policies, const SourceFile& file, const TextMap& map,
                  Splices& splices);

    // To be asked of every element in document order. True: it is cut out, and nothing else may touch it.
    bool take(xml::Element element, std::size_t number);

  private:
    // A policy put into this document, under an Id that nothing in it has.
    struct Attached {
        std::string id;
        std::string markup;
        std::string reference() const;
    };
    Attached attached(const std::string& policy, const std::string& id) const;
    void insert_first(xml::Element element, std::size_t number, const std::string& markup);

    const PublishedPolicies& policies_;
    const SourceFile& file_;
    const TextMap& map_;
    Splices& splices_;
    Attached binding_, input_, output_;
    std::size_t cut_until_{0};
};

}  // namespace hutong::wsdl
