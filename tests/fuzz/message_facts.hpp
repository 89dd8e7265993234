// What can be seen of a message in a plain libxml2 tree, by code that is not the gateway's: why it may be
// refused although stock xmlsec1 finds its signature good.
//
// A fact is about the whole message or about our Security header, the one in Envelope/Header that is for
// nobody else. Immutable, a view of the message. One thread.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_message.hpp"
#include "tests/oracle/message_tree.hpp"

namespace hutong::test {

class MessageFacts {
  public:
    explicit MessageFacts(const FuzzMessage& message);

    // The text.
    bool well_formed() const { return well_formed_; }  // namespaces too
    bool plain_text() const;                           // XML 1.0 in UTF-8
    bool has_doctype() const;
    bool has_instruction() const;   // a processing instruction, anywhere
    bool envelope_departs() const;  // not just [Header], Body in an Envelope of either version
    bool body_comes_first() const;  // so that no Header does
    bool has_long_reference() const;
    bool beyond_limits() const;  // depth, attributes, names
    bool has_relative_namespace() const;
    bool has_comment_beside_text() const;
    bool has_unbound_name() const;  // in a value, by a prefix that its own element does not use
    bool has_encryption() const;
    bool has_xml_base() const;

    // Positions and Ids.
    std::size_t headers_for_us() const { return headers_.size(); }
    std::size_t in_header(std::string_view ns, std::string_view local) const;  // children of ours
    std::size_t addressing(std::string_view local) const;                      // wsa:* blocks
    bool message_id_departs() const;                                           // not one plain text
    bool repeats_id() const;
    bool repeats_signature_value() const;
    bool refers_to_no_standard_id() const;             // a reference to an Id that no standard makes one
    bool refers_to_ancestor() const;                   // of the signature
    bool is_no_token(const xmlNode* reference) const;  // not to a SecurityTokenReference in our header
    bool covers_required() const;  // one signature has Body and Timestamp, by standard Ids

    // Of the signatures below our header, an assertion's own included.
    bool any_signature(const std::function<bool(xmlNode*)>& holds) const;
    bool any_reference(const std::function<bool(xmlNode*)>& holds) const;
    bool any_method(const std::function<bool(xmlNode*)>& holds) const;  // CanonicalizationMethod, Transform
    bool shape_departs() const;  // a ds element that the schema, as narrowed here, does not have there

    // Every signature in our header is by a BinarySecurityToken in it that is a certificate of ours.
    bool signers_are_plain() const;
    // Every SecurityTokenReference that is signed by STR-Transform means such a token, or an assertion.
    bool signed_tokens_are_plain() const;
    // Some part cannot stand for its xop:Include, or is no XML though it says so.
    bool parts_depart() const;
    bool has_unnamed_part() const;

  private:
    bool any_element(const std::function<bool(xmlNode*)>& holds) const;
    xmlNode* root() const { return document_ ? xmlDocGetRootElement(document_.get()) : nullptr; }
    xmlNode* header() const;  // our Security header
    std::vector<xmlNode*> blocks() const;
    bool has_standard_id(xmlNode* element, const std::string& id) const;
    xmlNode* standard_target(const std::string& uri) const;
    bool is_plain_token(const xmlNode* reference) const;  // what a wsse:Reference points at

    const FuzzMessage& message_;
    bool well_formed_{false};
    Document document_{nullptr, xmlFreeDoc};
    std::vector<xmlNode*> headers_;
};

}  // namespace hutong::test
