// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// qpdf's headers without its JSON, which we do not use and which clang 14 cannot read as C++20 (it holds a vector of
// the class it stands in). A declaration is all that the others need.
#define JSON_HH
#include <qpdf/DLL.h>
#include <qpdf/Types.h>
class JSON;
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFLogger.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <set>
#include <string>
#include <vector>
