import{a as o,b as r}from"./chunk-PYC44ANR.js";import"./chunk-STSEUAPQ.js";import"./chunk-IYWUY3VA.js";export{o as parsers,r as printers};
