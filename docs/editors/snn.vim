" Vim syntax file for the network language of snncc (docs/DSL.md). Copy it to ~/.vim/syntax/snn.vim and
" put `autocmd BufRead,BufNewFile *.snn setfiletype snn` into ~/.vimrc.
if exists("b:current_syntax")
  finish
endif
syn match snnComment "#.*$" contains=@Spell
syn region snnText start=+"+ skip=+\\.+ end=+"+ oneline
syn match snnNumber "\<[0-9]\+\(\.[0-9]\+\)\?\([eE][-+]\?[0-9]\+\)\?"
syn match snnUnit "\([0-9] *\)\@<=\(steps\|ms\|us\|s\|kHz\|Hz\|mV\|V\|nS\|S\)\>"
syn keyword snnDeclare network param include connect neuron population
syn keyword snnBlock convert run protocol record learn
syn keyword snnLayer input output conv depthwise dense pool flatten add concat batchnorm relu const
syn keyword snnPattern all_to_all one_to_one all_except_self random sparse excitatory inhibitory
syn keyword snnCall uniform normal glorot sqrt exp log floor ceil abs min max pow
syn match snnArrow "->\|\.\."
hi def link snnComment Comment
hi def link snnText String
hi def link snnNumber Number
hi def link snnUnit Type
hi def link snnDeclare Statement
hi def link snnBlock PreProc
hi def link snnLayer Keyword
hi def link snnPattern Constant
hi def link snnCall Function
hi def link snnArrow Operator
let b:current_syntax = "snn"
