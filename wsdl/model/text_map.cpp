#include "wsdl/model/text_map.hpp"

#include <algorithm>

namespace hutong::wsdl {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view white = " \t\r\n";

std::size_t past(std::string_view text, std::string_view close, std::size_t from) {
    const std::size_t found = text.find(close, from);
    return found == npos ? text.size() : found + close.size();
}

}  // namespace

TextMap::TextMap(std::string_view text) : text_(text) {
    std::vector<std::size_t> open;
    std::size_t at = text_.find('<');
    while (at < text_.size()) {
        const std::string_view rest = text_.substr(at);
        if (rest.starts_with("<!--")) {
            at = past(text_, "-->", at + 4);
        } else if (rest.starts_with("<![CDATA[")) {
            at = past(text_, "]]>", at + 9);
        } else if (rest.starts_with("<?")) {
            at = past(text_, "?>", at + 2);
        } else if (rest.starts_with("</")) {
            const std::size_t end = past(text_, ">", at);
            if (!open.empty()) {
                elements_[open.back()].content_end = at;
                elements_[open.back()].end = end;
                open.pop_back();
            }
            at = end;
        } else {
            at = start_tag(at);
            if (!elements_.back().empty_tag) open.push_back(elements_.size() - 1);
        }
        at = text_.find('<', at);
    }
}

// Reads the start tag at `at` and returns where it ends.
std::size_t TextMap::start_tag(std::size_t at) {
    ElementSpan element;
    element.begin = at;
    element.name_end = std::min(text_.find_first_of(" \t\r\n/>", at + 1), text_.size());
    element.name = text_.substr(at + 1, element.name_end - at - 1);
    element.first_attribute = attributes_.size();
    std::size_t i = element.name_end;
    while ((i = text_.find_first_not_of(white, i)) != npos && text_[i] != '>' && text_[i] != '/') {
        AttributeSpan attribute;
        const std::size_t name_end = std::min(text_.find_first_of(" \t\r\n=", i), text_.size());
        attribute.name = text_.substr(i, name_end - i);
        const std::size_t quote = text_.find_first_of("\"'", name_end);
        if (quote == npos) break;
        attribute.begin = quote + 1;
        attribute.end = std::min(text_.find(text_[quote], quote + 1), text_.size());
        attributes_.push_back(attribute);
        i = attribute.end + 1;
    }
    element.attribute_count = attributes_.size() - element.first_attribute;
    i = std::min(i, text_.size());
    element.empty_tag = i < text_.size() && text_[i] == '/';
    element.tag_end = past(text_, ">", i);
    element.content_end = element.end = element.tag_end;
    elements_.push_back(element);
    return element.tag_end;
}

const AttributeSpan* TextMap::attribute(const ElementSpan& element, std::string_view name) const {
    for (const AttributeSpan& candidate : attributes(element))
        if (candidate.name == name) return &candidate;
    return nullptr;
}

void Splices::replace(std::size_t begin, std::size_t end, std::string text) {
    changes_.push_back({begin, end, std::move(text)});
}

void Splices::set_attribute(const ElementSpan& element, std::string_view name, std::string_view value) {
    if (const AttributeSpan* present = map_.attribute(element, name))
        return replace(present->begin, present->end, xml::escape(value));
    add_to_start_tag(element, std::string(name) + "=\"" + xml::escape(value) + "\"");
}

void Splices::remove_attribute(const ElementSpan& element, std::string_view name) {
    if (const AttributeSpan* present = map_.attribute(element, name)) {
        const auto begin = static_cast<std::size_t>(present->name.data() - map_.text().data());
        replace(begin, present->end + 1, {});
    }
}

void Splices::add_to_start_tag(const ElementSpan& element, std::string_view markup) {
    replace(element.name_end, element.name_end, " " + std::string(markup));
}

void Splices::append_child(const ElementSpan& element, const std::string& markup) {
    if (!element.empty_tag) return replace(element.content_end, element.content_end, markup);
    const std::size_t slash = map_.text().rfind('/', element.tag_end - 1);
    replace(slash, element.tag_end, ">" + markup + "</" + std::string(element.name) + ">");
}

std::string Splices::apply(std::size_t begin, std::size_t end) const {
    std::vector<const Change*> sorted;
    for (const Change& change : changes_)
        if (change.begin >= begin && change.end <= end) sorted.push_back(&change);
    // Stable: insertions at one place keep the order they were asked for in.
    std::stable_sort(sorted.begin(), sorted.end(), [](auto a, auto b) { return a->begin < b->begin; });
    std::string result;
    std::size_t at = begin;
    for (const Change* change : sorted) {
        result += map_.text().substr(at, change->begin - at);
        result += change->text;
        at = change->end;
    }
    result += map_.text().substr(at, end - at);
    return result;
}

void walk(xml::Element root, const std::function<void(xml::Element, std::size_t)>& visit) {
    std::size_t number = 0;
    xml::Element at = root;
    while (at) {
        visit(at, number++);
        if (const xml::Element child = at.first_child()) {
            at = child;
            continue;
        }
        while (at != root && !at.next_sibling()) at = at.parent();
        if (at == root) return;
        at = at.next_sibling();
    }
}

}  // namespace hutong::wsdl
