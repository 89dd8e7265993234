#include "tests/oracle/stock_verifier.hpp"

#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/valid.h>
#include <openssl/evp.h>
// errors.h does not compile before xmlsec.h.
// clang-format off
#include <xmlsec/xmlsec.h>
#include <xmlsec/errors.h>
#include <xmlsec/keys.h>
#include <xmlsec/list.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>
// clang-format on

namespace hutong::test {

namespace {

void silent(const char*, int, const char*, const char*, const char*, int, const char*) {}

// Once in a process, whoever is first.
bool set_up() {
    if (xmlSecPtrListGetSize(xmlSecTransformIdsGet()) > 0) return true;
    xmlInitParser();
    if (xmlSecInit() < 0 || xmlSecOpenSSLInit() < 0) throw std::runtime_error("xmlsec1 cannot be set up");
    xmlSecErrorsSetCallback(silent);
    return true;
}

// Every attribute that anybody reads as an Id.
void register_ids(xmlNode* node) {
    for (; node != nullptr; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        for (xmlAttr* a = node->properties; a != nullptr; a = a->next) {
            for (const char* name : {"Id", "ID", "id", "AssertionID"}) {
                if (std::strcmp(reinterpret_cast<const char*>(a->name), name) != 0) continue;
                xmlChar* const value = xmlNodeListGetString(node->doc, a->children, 1);
                if (value != nullptr && xmlGetID(node->doc, value) == nullptr)
                    xmlAddID(nullptr, node->doc, value, a);
                xmlFree(value);
            }
        }
        register_ids(node->children);
    }
}

xmlSecKeyPtr make_key(EVP_PKEY* key) {
    EVP_PKEY_up_ref(key);
    const xmlSecKeyPtr result = xmlSecKeyCreate();
    if (result != nullptr && xmlSecKeySetValue(result, xmlSecOpenSSLEvpKeyAdopt(key)) == 0) return result;
    throw std::runtime_error("xmlsec1 does not take the key");
}

struct ContextDeleter {
    void operator()(xmlSecDSigCtxPtr context) const { xmlSecDSigCtxDestroy(context); }
};

bool named(const xmlNode* node, const char* local) {
    return node->type == XML_ELEMENT_NODE &&
           std::strcmp(reinterpret_cast<const char*>(node->name), local) == 0;
}

// Whether the same-document URI means the child "Body" of the root.
bool means_body(xmlDoc* document, const xmlChar* uri) {
    if (uri == nullptr || uri[0] != '#') return false;
    const xmlAttr* const id = xmlGetID(document, uri + 1);
    return id != nullptr && named(id->parent, "Body") && id->parent->parent == xmlDocGetRootElement(document);
}

void collect_signatures(xmlNode* node, std::vector<xmlNode*>& found) {
    for (; node != nullptr; node = node->next) {
        if (found.size() < 5 && xmlSecCheckNodeName(node, xmlSecNodeSignature, xmlSecDSigNs) == 1)
            found.push_back(node);
        else
            collect_signatures(node->children, found);
    }
}

void verify_one(xmlDoc* document, xmlNode* signature, evp_pkey_st* key, StockVerdict& verdict) {
    const std::unique_ptr<xmlSecDSigCtx, ContextDeleter> context(xmlSecDSigCtxCreate(nullptr));
    context->signKey = make_key(key);
    if (xmlSecDSigCtxVerify(context.get(), signature) != 0 || context->status != xmlSecDSigStatusSucceeded)
        return;
    verdict.verified = true;
    for (xmlSecSize i = 0; i < xmlSecPtrListGetSize(&context->signedInfoReferences); ++i) {
        const auto one =
            static_cast<xmlSecDSigReferenceCtxPtr>(xmlSecPtrListGetItem(&context->signedInfoReferences, i));
        verdict.body_covered = verdict.body_covered || means_body(document, one->uri);
    }
}

}  // namespace

StockVerdict verify_by_stock(std::string_view message, evp_pkey_st* key) {
    static const bool ready = set_up();
    static_cast<void>(ready);
    StockVerdict verdict;
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
        xmlReadMemory(message.data(), static_cast<int>(message.size()), nullptr, nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
        xmlFreeDoc);
    if (!document) return verdict;
    verdict.parsed = true;
    verdict.foreign = message.find("STR-Transform") != std::string_view::npos ||
                      message.find("cid:") != std::string_view::npos;
    register_ids(xmlDocGetRootElement(document.get()));
    std::vector<xmlNode*> signatures;
    collect_signatures(xmlDocGetRootElement(document.get()), signatures);
    for (xmlNode* const signature : signatures) {
        verify_one(document.get(), signature, key, verdict);
        if (verdict.verified) break;
    }
    return verdict;
}

}  // namespace hutong::test
