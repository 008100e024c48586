# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(imports_mbox_fuzz SOURCES imports_mbox_fuzz.cpp LIBS vanthu::import_sources)
vanthu_fuzz(imports_names_fuzz SOURCES imports_names_fuzz.cpp LIBS vanthu::import_sources)
