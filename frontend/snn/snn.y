/* Grammar of the network language, docs/DSL.md. Actions only put the tree together. */
%require "3.8"
%define api.pure full
%define api.prefix {snn_yy}
%define api.token.prefix {SNN_}
%define api.location.type {struct loc}
%define parse.error custom
%define lr.type ielr
%define parse.lac full
%locations
%expect 0
%param {void *scanner}
%parse-param {struct snn_parse *p}
%initial-action { @$ = (struct loc){.file = p->path, .line = 1, .col = 1, .len = 1}; }

%code requires {
#include "frontend/snn/snn_parse.h"
}
%code provides {
#define YYSTYPE SNN_YYSTYPE
#define YYLTYPE SNN_YYLTYPE
}
%code {
int snn_yylex(SNN_YYSTYPE *value, SNN_YYLTYPE *loc, void *scanner);
char *snn_yyget_text(void *scanner);
#define YYLLOC_DEFAULT(to, from, n) \
  ((to) = (n) ? snn_span(&YYRHSLOC(from, 1), &YYRHSLOC(from, n)) : YYRHSLOC(from, 0))
/* The stacks do not grow, so that no memory is outside the arena. */
#define YYINITDEPTH 1000
#define YYMAXDEPTH 1000
#define snn_yyerror(loc, scanner, p, text) snn_too_deep(p, loc)
}

%union {
  struct snn_name name;
  struct snn_list *list;
  struct snn_expr *expr;
  struct snn_attr *attr;
  struct snn_stmt *stmt;
}
%token END 0 "the end of the file"
%token PARAM "param" INCLUDE "include" NETWORK "network" CONNECT "connect"
%token ARROW "->" DOTS ".."
%token <name> WORD "a name" STRING "a text in quotes"
%token <expr> NUMBER "a number"
%type <name> name
%type <list> statements network_body attributes block attribute_items values value_items sizes sources names
%type <expr> value expr numbers
%type <attr> attribute last_attribute
%type <stmt> statement
%left '+' '-'
%left '*' '/'
%precedence NEGATIVE
%%
file: statements { p->statements = $1; }
  | file '}' { snn_stray_brace(p, @2); } statements
  ;
statements:
    %empty { $$ = snn_list_new(p); }
  | statements statement { $$ = snn_list_add(p, $1, $2); }
  | statements ';'
  | statements error ';' { $$ = $1; yyerrok; }
  | statements error block { $$ = $1; yyerrok; }
  ;
statement:
    "param" WORD '=' value ';' { $$ = snn_param(p, $2, $4); }
  | "include" STRING ';' { $$ = snn_include(p, $2); }
  | "network" name network_body { $$ = snn_network(p, $2, $3); }
  | "network" name '=' WORD STRING network_body { $$ = snn_network_of(p, $2, $4, $5, $6); }
  | "connect" name "->" name attributes { $$ = snn_connect(p, @1, $2, $4, $5); }
  | WORD name sizes sources attributes {
      $$ = snn_layer(p, $1, (struct snn_stmt){.name = $2, .sizes = $3, .sources = $4}, $5);
    }
  | WORD block { $$ = snn_block(p, $1, $2); }
  ;
network_body:
    ';' { $$ = snn_list_new(p); }
  | '{' statements '}' { $$ = $2; }
  | '{' statements error '}' { $$ = $2; yyerrok; }
  ;
name: WORD | STRING
  ;
sizes:
    %empty { $$ = NULL; }
  | '[' value_items ']' { $$ = $2; }
  ;
sources:
    %empty { $$ = snn_list_new(p); }
  | '(' names ')' { $$ = $2; }
  | '(' numbers ')' { snn_sizes_in_parentheses(p, @$); $$ = snn_list_new(p); }
  ;
numbers:
    NUMBER
  | numbers ',' NUMBER
  ;
names:
    name { $$ = snn_list_add(p, snn_list_new(p), snn_keep(p, $1)); }
  | names ',' name { $$ = snn_list_add(p, $1, snn_keep(p, $3)); }
  ;
attributes:
    ';' { $$ = snn_list_new(p); }
  | block
  ;
block:
    '{' attribute_items '}' { $$ = $2; }
  | '{' attribute_items last_attribute '}' { $$ = snn_list_add(p, $2, $3); }
  | '{' attribute_items error '}' { $$ = $2; yyerrok; }
  ;
attribute_items:
    %empty { $$ = snn_list_new(p); }
  | attribute_items attribute { $$ = snn_list_add(p, $1, $2); }
  | attribute_items ';'
  | attribute_items error ';' { $$ = $1; yyerrok; }
  ;
attribute: WORD values attributes { $$ = snn_attribute(p, $1, $2, $3); }
  ;
last_attribute: WORD values { $$ = snn_attribute(p, $1, $2, snn_list_new(p)); }
  ;
values:
    %empty { $$ = snn_list_new(p); }
  | value_items
  ;
value_items:
    value { $$ = snn_list_add(p, snn_list_new(p), $1); }
  | value_items ',' value { $$ = snn_list_add(p, $1, $3); }
  ;
value:
    expr
  | expr ".." expr { $$ = snn_binary(p, SNN_E_RANGE, $1, $3); }
  | name "->" name { $$ = snn_path(p, $1, $3); }
  ;
expr:
    NUMBER
  | NUMBER WORD { $$ = snn_with_unit(p, $1, $2); }
  | name { $$ = snn_name_expr(p, $1); }
  | WORD '(' values ')' { $$ = snn_call(p, SNN_E_CALL, $1, $3); }
  | WORD '(' WORD NUMBER ')' {
      snn_seed_in_parentheses(p, @3);
      $$ = snn_call(p, SNN_E_CALL, $1, snn_list_new(p));
    }
  | WORD '[' value_items ']' { $$ = snn_call(p, SNN_E_PART, $1, $3); }
  | '[' value_items ']' { $$ = snn_list_expr(p, @$, $2); }
  | '(' expr ')' { $$ = $2; }
  | '-' expr %prec NEGATIVE { $$ = snn_negate(p, @1, $2); }
  | expr '+' expr { $$ = snn_binary(p, SNN_E_ADD, $1, $3); }
  | expr '-' expr { $$ = snn_binary(p, SNN_E_SUB, $1, $3); }
  | expr '*' expr { $$ = snn_binary(p, SNN_E_MUL, $1, $3); }
  | expr '/' expr { $$ = snn_binary(p, SNN_E_DIV, $1, $3); }
  ;
%%
static int yyreport_syntax_error(const yypcontext_t *ctx, void *scanner, struct snn_parse *p) {
  enum { MOST = 20 };
  yysymbol_kind_t wanted[MOST];
  const char *names[MOST];
  int n = yypcontext_expected_tokens(ctx, wanted, MOST);

  for (int i = 0; i < n; i++)
    names[i] = yysymbol_name(wanted[i]);
  snn_unexpected(p, *yypcontext_location(ctx),
                 yypcontext_token(ctx) == YYSYMBOL_YYEOF ? NULL : snn_yyget_text(scanner), names,
                 n > 0 ? (size_t)n : 0);
  return 0;
}
