#include "base/xml/xpath.hpp"

#include <memory>

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "base/xml/libxml.hpp"

namespace hutong::xml {

namespace {

using Context = std::unique_ptr<xmlXPathContext, void (*)(xmlXPathContext*)>;
using Value = std::unique_ptr<xmlXPathObject, void (*)(xmlXPathObject*)>;

constexpr unsigned long max_operations = 1'000'000;  // an expression comes from outside too

Result<Value> evaluate(const Document& document, const std::string& expression, const Prefixes& prefixes) {
    initialize();
    const Context context(xmlXPathNewContext(document.raw()), xmlXPathFreeContext);
    context->opLimit = max_operations;
    for (const auto& [prefix, uri] : prefixes) xmlXPathRegisterNs(context.get(), chars(prefix), chars(uri));
    Value value(xmlXPathEvalExpression(chars(expression), context.get()), xmlXPathFreeObject);
    if (!value) return invalid("not an XPath 1.0 expression that can be evaluated: " + expression);
    return value;
}

}  // namespace

Result<std::vector<Element>> select(const Document& document, const std::string& expression,
                                    const Prefixes& prefixes) {
    HUTONG_ASSIGN(const Value value, evaluate(document, expression, prefixes));
    if (value->type != XPATH_NODESET)
        return invalid("the XPath expression does not select nodes: " + expression);
    std::vector<Element> result;
    const xmlNodeSet* const set = value->nodesetval;
    for (int i = 0; set != nullptr && i < set->nodeNr; ++i)
        if (set->nodeTab[i]->type == XML_ELEMENT_NODE) result.emplace_back(set->nodeTab[i]);
    return result;
}

Result<std::string> select_text(const Document& document, const std::string& expression,
                                const Prefixes& prefixes) {
    HUTONG_ASSIGN(const Value value, evaluate(document, expression, prefixes));
    xmlChar* const text = xmlXPathCastToString(value.get());
    std::string result(view(text));
    xmlFree(text);
    return result;
}

}  // namespace hutong::xml
