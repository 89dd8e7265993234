// The namespace table that libgsoap looks for.
#include "CompanyRegisterSoap11.nsmap"
