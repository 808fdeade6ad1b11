import{a}from"./chunk-5K4Q365N.js";import"./chunk-5OP2X3TZ.js";import"./chunk-K2F42YIX.js";import"./chunk-OKLYHQGT.js";import"./chunk-FOVRS2L6.js";import"./chunk-IYWUY3VA.js";export{a as initialize};
